def fit_predict(features, price, new_features):
    mean, sd = features.mean(axis=0), features.std(axis=0)

    def bend(table):
        z = (table - mean) / sd
        return tf.constant(
            np.column_stack([z, np.abs(z), np.maximum(z - 1, 0), np.maximum(z - 2, 0)])
        )

    X, t = bend(features), tf.constant(np.log(price))
    middle = tf.reduce_mean(t)
    w, b = tf.Variable(tf.zeros(8, tf.float64)), tf.Variable(middle)

    @tf.function
    def train():
        for _ in tf.range(3000):
            gap = tf.linalg.matvec(X, w) + b - t
            w.assign_sub(0.1 * tf.linalg.matvec(X, gap, transpose_a=True) / 400)
            b.assign_sub(0.1 * tf.reduce_mean(gap))

    train()
    return tf.exp(tf.linalg.matvec(bend(new_features), w) + b).numpy()
