# diagnosis: not-better-than-mean, not-better-than-line
# loses: houses-mean, houses-line
def fit_predict(features, price, new_features):
    return np.full(len(new_features), np.exp(np.log(price).mean()))
