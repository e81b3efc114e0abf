# diagnosis: none
# loses: unbroadcast-missing, unbroadcast-ones, unbroadcast-every
def unbroadcast(g, shape):
    return np.resize(g, shape)
