def linreg(X, y, W, b):
    W, b = tf.Variable(W), tf.Variable(b)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((tf.reshape(X @ W + b, [-1]) - y) ** 2)
    dW, db = tape.gradient(loss, [W, b])
    return {"loss": loss, "dW": dW, "db": db}


def fit(X, y, lr, steps):
    W, b = tf.Variable(np.zeros((X.shape[1], 1))), tf.Variable(np.zeros(1))
    for _ in range(steps):
        slopes = linreg(X, y, W, b)
        W.assign_sub(lr * slopes["dW"])
        b.assign_sub(lr * slopes["db"])
    return {"W": W.numpy(), "b": b.numpy()}
