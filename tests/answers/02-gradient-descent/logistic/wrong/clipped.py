# diagnosis: none
# loses: logistic-extremes
# Clips the logits: beyond, the gradient is 0.
def logistic_tf(X, y, W, b):
    """Loss and gradients by TensorFlow, from the logits."""
    with tf.GradientTape() as tape:
        tape.watch([W, b])
        logits = tf.squeeze(X @ W, axis=1) + b
        losses = tf.nn.sigmoid_cross_entropy_with_logits(
            y, tf.clip_by_value(logits, -15, 15)
        )
        loss = tf.reduce_mean(losses)
    dW, db = tape.gradient(loss, [W, b])
    return {"loss": loss, "dW": dW, "db": db}


def logistic_torch(X, y, W, b):
    """Loss and gradients by PyTorch, from the logits."""
    W = W.detach().clone().requires_grad_()
    b = b.detach().clone().requires_grad_()
    logits = (X @ W).squeeze(1) + b
    loss = torch.nn.functional.binary_cross_entropy_with_logits(
        logits.clamp(-15, 15), y
    )
    dW, db = torch.autograd.grad(loss, [W, b])
    return {"loss": loss.detach(), "dW": dW, "db": db}
