def prepare(features, price, train):
    table = torch.tensor(np.asarray(features, dtype=float))
    known = table[torch.tensor(np.asarray(train))]
    mean, sd = known.mean(dim=0), known.std(dim=0, correction=0)
    y = torch.log(torch.tensor(np.asarray(price, dtype=float))).reshape(-1, 1)
    return {"mean": mean, "sd": sd, "X": (table - mean) / sd, "y": y}
