# diagnosis: off-by-one
# loses: early_stop-epochs, early_stop-edges
def early_stop(losses, patience):
    """The epoch at which to stop and the epoch to keep."""
    record, kept = np.inf, -1
    for now, value in enumerate(losses):
        if value < record:
            record, kept = value, now
        if now - kept > patience:
            return now, max(kept, 0)
    return len(losses) - 1, max(kept, 0)
