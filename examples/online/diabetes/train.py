"""Fits the two models of this example on the diabetes data that scikit-learn ships.

    python train.py            writes model-blue/model.joblib and model-green/model.joblib

Blue is a ridge regression, green a gradient boosting of the same ten features: disease progression after one year.
"""

from pathlib import Path

import joblib
from sklearn.datasets import load_diabetes
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split

HERE = Path(__file__).resolve().parent


def main():
    features, target = load_diabetes(return_X_y=True)
    x_train, x_test, y_train, y_test = train_test_split(features, target, test_size=0.25, random_state=7)
    models = {
        "blue": Ridge(alpha=0.05),
        "green": GradientBoostingRegressor(n_estimators=120, max_depth=2, learning_rate=0.06, random_state=7),
    }
    for name, model in models.items():
        model.fit(x_train, y_train)
        folder = HERE / f"model-{name}"
        folder.mkdir(exist_ok=True)
        joblib.dump(model, folder / "model.joblib")
        score = r2_score(y_test, model.predict(x_test))
        print(f"{name}: {type(model).__name__}, R² {score:.3f} on {len(y_test)} held-out patients")


if __name__ == "__main__":
    main()
