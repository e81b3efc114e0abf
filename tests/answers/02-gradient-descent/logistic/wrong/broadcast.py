# diagnosis: broadcast
# loses: logistic-tensorflow, logistic-pytorch
# Logits (n, 1), labels (n,): every label meets every logit.
def logistic_tf(X, y, W, b):
    with tf.GradientTape() as tape:
        tape.watch([W, b])
        z = X @ W + b
        loss = tf.reduce_mean(tf.nn.softplus(z) - y * z)
    dW, db = tape.gradient(loss, [W, b])
    return {"loss": loss, "dW": dW, "db": db}


def logistic_torch(X, y, W, b):
    W, b = W.clone().requires_grad_(), b.clone().requires_grad_()
    z = X @ W + b
    loss = (torch.nn.functional.softplus(z) - y * z).mean()
    loss.backward()
    return {"loss": loss.detach(), "dW": W.grad, "db": b.grad}
