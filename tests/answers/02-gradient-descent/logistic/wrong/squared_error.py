# diagnosis: wrong-loss
# loses: logistic-tensorflow, logistic-pytorch, logistic-extremes
def logistic_tf(X, y, W, b):
    """Loss and gradients by TensorFlow, from the logits."""
    with tf.GradientTape() as tape:
        tape.watch([W, b])
        logits = tf.squeeze(X @ W, axis=1) + b
        loss = tf.reduce_mean((tf.sigmoid(logits) - y) ** 2)
    dW, db = tape.gradient(loss, [W, b])
    return {"loss": loss, "dW": dW, "db": db}


def logistic_torch(X, y, W, b):
    """Loss and gradients by PyTorch, from the logits."""
    W = W.detach().clone().requires_grad_()
    b = b.detach().clone().requires_grad_()
    logits = (X @ W).squeeze(1) + b
    loss = ((torch.sigmoid(logits) - y) ** 2).mean()
    dW, db = torch.autograd.grad(loss, [W, b])
    return {"loss": loss.detach(), "dW": dW, "db": db}
