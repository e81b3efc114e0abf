def logistic_tf(X, y, W, b):
    W, b = tf.Variable(W), tf.Variable(b)
    with tf.GradientTape() as tape:
        z = tf.reshape(X @ W + b, [-1])
        loss = tf.reduce_mean(tf.math.softplus(z) - y * z)
    slopes = tape.gradient(loss, {"dW": W, "db": b})
    return {"loss": loss, **slopes}


def logistic_torch(X, y, W, b):
    def loss(W, b):
        z = X @ W + b
        return -(
            y[:, None] * torch.nn.functional.logsigmoid(z)
            + (1 - y[:, None]) * torch.nn.functional.logsigmoid(-z)
        ).mean()

    (dW, db), value = torch.func.grad_and_value(loss, argnums=(0, 1))(W, b)
    return {"loss": value, "dW": dW, "db": db}
