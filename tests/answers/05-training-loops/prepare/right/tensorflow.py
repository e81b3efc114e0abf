def prepare(features, price, train):
    table = tf.cast(features, tf.float64)
    known = tf.gather(table, train)
    mean = tf.reduce_mean(known, axis=0)
    sd = tf.math.reduce_std(known, axis=0)
    y = tf.math.log(tf.cast(price, tf.float64))[:, None]
    return {
        "mean": mean.numpy(),
        "sd": sd.numpy(),
        "X": ((table - mean) / sd).numpy(),
        "y": y.numpy(),
    }
