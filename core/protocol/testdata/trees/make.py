"""Trains small models on generated data and writes them with inputs and the libraries' own raw scores.

python3 -m venv venv && venv/bin/pip install xgboost-cpu lightgbm numpy scikit-learn scipy && venv/bin/python make.py
"""

import json

import lightgbm
import numpy
import xgboost

INTENT = ["opens_1d", "session_minutes", "items_in_cart", "days_since_purchase", "price_level"]
RERANK = ["collaborative", "score", "price", "age_days", "hour", "opens_7d"]


def data(names, seed):
    """Generated rows in single precision: ties on a grid, zeros, negative numbers, missing values."""
    draw = numpy.random.default_rng(seed)
    rows = draw.normal(size=(600, len(names)))
    rows[:, 1] = numpy.round(rows[:, 1], 1)
    rows[draw.random(rows.shape) < 0.15] = 0.0
    rows[draw.random(rows.shape) < 0.15] = numpy.nan
    rows = rows.astype(numpy.float32)
    known = numpy.nan_to_num(rows)
    target = known[:, 0] - known[:, 1] * known[:, 2] + 0.5 * numpy.isnan(rows[:, 3])
    return rows, target + 0.3 * draw.normal(size=len(rows))


def write(name, text, names, role, rows, scores):
    cases = [
        {
            # A single-precision number is a double-precision one exactly.
            "features": [None if numpy.isnan(value) else float(value) for value in row],
            "margin": float(score),
        }
        for row, score in zip(rows, scores)
    ]
    with open(name, "w") as file:
        file.write(text)
    expected = {"role": role, "names": names, "cases": cases}
    with open(name.rsplit(".", 1)[0] + "-expected.json", "w") as file:
        json.dump(expected, file, separators=(",", ":"))
        file.write("\n")


def probes(rows, thresholds):
    """Some rows, and rows that lie on thresholds and their single-precision neighbours."""
    chosen = [row for row in rows[:40]]
    # A threshold of 1e300 parts missing from known values; no single-precision number is near it.
    thresholds = [pair for pair in thresholds if abs(pair[1]) < 1e30]
    for index, (feature, threshold) in enumerate(thresholds[:40]):
        near = numpy.float32(threshold)
        for value in [near, numpy.nextafter(near, numpy.float32(-9e9)), numpy.nextafter(near, numpy.float32(9e9))]:
            row = rows[index].copy()
            row[feature] = value
            chosen.append(row)
    chosen.append(numpy.full(rows.shape[1], numpy.nan, dtype=numpy.float32))
    chosen.append(numpy.zeros(rows.shape[1], dtype=numpy.float32))
    chosen.append(numpy.full(rows.shape[1], 1e-36, dtype=numpy.float32))
    return numpy.array(chosen, dtype=numpy.float32)


def with_xgboost(name, names, role, objective, seed, rounds, **options):
    rows, target = data(names, seed)
    if objective.startswith("binary"):
        target = (target > 0).astype(float)
    if objective.startswith("rank"):
        target = numpy.digitize(target, [-0.5, 0.5, 1.5])
    matrix = xgboost.DMatrix(rows, target, feature_names=names)
    if objective.startswith("rank"):
        matrix.set_group([20] * 30)
    settings = {"objective": objective, "max_depth": 4, "eta": 0.3, "seed": 1, "nthread": 1, **options}
    model = xgboost.train(settings, matrix, rounds)
    text = model.save_raw("json").decode()
    trees = json.loads(text)["learner"]["gradient_booster"]["model"]["trees"]
    thresholds = [
        (tree["split_indices"][node], tree["split_conditions"][node])
        for tree in trees
        for node in range(len(tree["left_children"]))
        if tree["left_children"][node] >= 0
    ]
    asked = probes(rows, thresholds)
    scores = model.predict(xgboost.DMatrix(asked, feature_names=names), output_margin=True)
    write(name, text, names, role, asked, scores)


def with_lightgbm(name, names, role, objective, seed, rounds, **options):
    rows, target = data(names, seed)
    if objective == "binary":
        target = (target > 0).astype(float)
    group = None
    if objective == "lambdarank":
        target, group = numpy.digitize(target, [-0.5, 0.5, 1.5]), [20] * 30
    settings = {
        "objective": objective, "num_leaves": 10, "min_data_in_leaf": 5, "learning_rate": 0.2, "seed": 1,
        "num_threads": 1, "deterministic": True, "verbose": -1, **options,
    }
    train = lightgbm.Dataset(rows.astype(float), target, group=group, feature_name=names)
    model = lightgbm.train(settings, train, rounds)
    thresholds = []

    def visit(node):
        if "split_feature" in node:
            thresholds.append((node["split_feature"], node["threshold"]))
            visit(node["left_child"])
            visit(node["right_child"])

    for tree in model.dump_model()["tree_info"]:
        visit(tree["tree_structure"])
    asked = probes(rows, thresholds)
    # The device gives log-odds: with a sigmoid of 2 these are twice the sum of leaves.
    scores = model.predict(asked.astype(float), raw_score=True) * options.get("sigmoid", 1.0)
    write(name, model.model_to_string(), names, role, asked, scores)


with_xgboost("xgboost-binary.json", INTENT, "intent", "binary:logistic", 1, 12, base_score=0.3)
with_xgboost("xgboost-squared.json", RERANK, "rerank", "reg:squarederror", 2, 12)
with_xgboost("xgboost-rank.json", RERANK, "rerank", "rank:ndcg", 3, 8)
with_lightgbm("lightgbm-binary.txt", INTENT, "intent", "binary", 4, 12, sigmoid=2.0)
with_lightgbm("lightgbm-zero.txt", INTENT, "intent", "binary", 5, 12, zero_as_missing=True)
with_lightgbm("lightgbm-nothing.txt", RERANK, "rerank", "regression", 6, 12, use_missing=False)
with_lightgbm("lightgbm-rank.txt", RERANK, "rerank", "lambdarank", 7, 8)
with_lightgbm("lightgbm-stump.txt", INTENT, "intent", "regression", 8, 2, min_data_in_leaf=600)

# Refused: a categorical split.
rows, target = data(INTENT, 9)
rows[:, 1] = numpy.abs(numpy.nan_to_num(rows[:, 1]) * 10).astype(int)
target = target + 3 * (rows[:, 1] % 3)
train = lightgbm.Dataset(rows.astype(float), target, feature_name=INTENT, categorical_feature=[1])
options = {"objective": "regression", "verbose": -1, "num_threads": 1, "max_cat_to_onehot": 1,
           "min_data_per_group": 1, "cat_smooth": 0}
with open("lightgbm-categorical.txt", "w") as file:
    file.write(lightgbm.train(options, train, 1).model_to_string())
