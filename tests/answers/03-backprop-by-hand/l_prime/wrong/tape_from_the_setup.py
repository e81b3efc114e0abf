# diagnosis: none
# loses: l_prime-output, l_prime-hidden, l_prime-biases, l_prime-trained
# The set-up imports TensorFlow for the checks; an answer by hand has no tape.
def L_prime(X, Y, W1, b1, W2, b2):
    net = [tf.Variable(a) for a in (W1, b1, W2, b2)]
    with tf.GradientTape() as recorder:
        score = tf.sigmoid(X @ net[0] + net[1]) @ net[2] + net[3]
        total = tf.reduce_sum(tf.nn.softplus(-Y * score))
    found = recorder.gradient(total, net)
    return dict(zip(["W1", "b1", "W2", "b2"], [g.numpy() for g in found]))
