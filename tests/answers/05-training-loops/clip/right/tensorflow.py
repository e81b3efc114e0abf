def accumulate(gradients, sizes):
    n = tf.constant(sizes, dtype=tf.float64)
    return {
        k: (
            tf.einsum("i,i...->...", n, tf.stack([g[k] for g in gradients]))
            / tf.reduce_sum(n)
        ).numpy()
        for k in gradients[0]
    }


def clip(gradients, limit):
    clipped, norm = tf.clip_by_global_norm(
        [tf.constant(g) for g in gradients.values()], limit
    )
    return dict(zip(gradients, [c.numpy() for c in clipped])), norm.numpy()
