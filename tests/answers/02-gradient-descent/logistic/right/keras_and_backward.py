def logistic_tf(X, y, W, b):
    entropy = tf.keras.losses.BinaryCrossentropy(from_logits=True)
    W, b = tf.Variable(W), tf.Variable(b)
    with tf.GradientTape(persistent=True) as tape:
        loss = entropy(y[:, None], X @ W + b)
    return {"loss": loss, "dW": tape.gradient(loss, W), "db": tape.gradient(loss, b)}


def logistic_torch(X, y, W, b):
    W, b = W.clone().requires_grad_(), b.clone().requires_grad_()
    criterion = torch.nn.BCEWithLogitsLoss()
    loss = criterion(X @ W + b, y.unsqueeze(1))
    loss.backward()
    return {"loss": loss.detach(), "dW": W.grad, "db": b.grad}
