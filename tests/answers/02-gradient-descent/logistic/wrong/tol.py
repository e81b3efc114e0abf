# diagnosis: none
# loses: logistic-extremes
# Right for moderate logits; far out 414, 0 and NaN.
def logistic_tf(X, y, W, b):
    """Loss and gradients by TensorFlow, from the logits."""
    with tf.GradientTape() as tape:
        tape.watch([W, b])
        logits = tf.squeeze(X @ W, axis=1) + b
        p = tf.sigmoid(logits)
        entropy = y * tf.math.log(p + 1e-10) + (1 - y) * tf.math.log(1 - p + 1e-10)
        loss = -tf.reduce_mean(entropy)
    dW, db = tape.gradient(loss, [W, b])
    return {"loss": loss, "dW": dW, "db": db}


def logistic_torch(X, y, W, b):
    """Loss and gradients by PyTorch, from the logits."""
    W = W.detach().clone().requires_grad_()
    b = b.detach().clone().requires_grad_()
    logits = (X @ W).squeeze(1) + b
    p = torch.sigmoid(logits)
    entropy = y * torch.log(p + 1e-10) + (1 - y) * torch.log(1 - p + 1e-10)
    loss = -entropy.mean()
    dW, db = torch.autograd.grad(loss, [W, b])
    return {"loss": loss.detach(), "dW": dW, "db": db}
