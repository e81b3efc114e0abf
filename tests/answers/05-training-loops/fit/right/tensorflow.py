def fit(X, y, w, b, lr, batch_size, orders):
    W, B = tf.Variable(w, dtype=tf.float64), tf.Variable(b, dtype=tf.float64)
    losses = []
    for order in orders:
        n, total, start = len(order), 0.0, 0
        while start < n:
            rows = order[start : min(start + batch_size, n)]
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean((tf.linalg.matvec(X[rows], W) + B - y[rows]) ** 2)
            dW, dB = tape.gradient(loss, [W, B])
            W.assign_sub(lr * dW)
            B.assign_sub(lr * dB)
            total += float(loss) * len(rows) / n
            start += batch_size
        losses.append(total)
    return {"w": W.numpy(), "b": B.numpy(), "losses": np.array(losses)}
