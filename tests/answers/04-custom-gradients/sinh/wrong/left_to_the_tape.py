# diagnosis: no-custom-gradient
# loses: sinh-first, sinh-second_torch, sinh-second_tf
sinh_tf, sinh_torch = tf.sinh, torch.sinh
