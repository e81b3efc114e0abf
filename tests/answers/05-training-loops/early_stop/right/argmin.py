def early_stop(losses, patience):
    losses = np.where(np.isnan(losses), np.inf, losses)
    for epoch in range(len(losses)):
        best = int(np.argmin(losses[: epoch + 1]))
        if epoch - best >= patience:
            break
    return epoch, best
