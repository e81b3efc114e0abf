def early_stop(losses, patience):
    best, waited = 0, 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[best] or np.isnan(losses[best]):
            best, waited = epoch, 0
            continue
        waited += 1
        if waited == patience:
            return epoch, best
    return len(losses) - 1, best
