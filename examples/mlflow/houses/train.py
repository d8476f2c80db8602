"""Fits a model of house prices and saves it as MLflow does: the folder `model` is all that a deployment needs.

    python train.py            writes model/ (a pipeline: gaps filled, numbers scaled, cities encoded, trees boosted)

The prices are made up; the shape of the data is what matters: numbers, words, a flag and gaps.
"""

import shutil
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
from mlflow.models import infer_signature
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

HERE = Path(__file__).resolve().parent


def houses(rows=600):
    rng = np.random.default_rng(7)
    frame = pd.DataFrame(
        {
            "rooms": rng.integers(1, 8, rows),
            "area": rng.normal(90, 25, rows).round(1),
            "city": rng.choice(["Porto", "Lisboa", "Faro"], rows),
            "garden": rng.random(rows) < 0.3,
        }
    )
    city = frame.city.map({"Porto": 40, "Lisboa": 90, "Faro": 10})
    price = frame.rooms * 20 + frame.area * 2 + city + frame.garden * 15 + rng.normal(0, 8, rows)
    frame.loc[::17, "area"] = np.nan
    return frame, price.rename("price")


def main():
    x_train, x_test, y_train, y_test = train_test_split(*houses(), test_size=0.25, random_state=7)
    columns = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(), StandardScaler()), ["rooms", "area"]),
            ("words", OneHotEncoder(handle_unknown="ignore"), ["city"]),
        ],
        remainder="passthrough",
    )
    model = make_pipeline(columns, GradientBoostingRegressor(random_state=7)).fit(x_train, y_train)
    path = HERE / "model"
    shutil.rmtree(path, ignore_errors=True)
    mlflow.sklearn.save_model(
        model,
        path,
        signature=infer_signature(x_train, model.predict(x_train)),
        input_example=x_test.head(2),
        serialization_format="cloudpickle",
    )
    print(f"R² {r2_score(y_test, model.predict(x_test)):.3f} on {len(y_test)} held-out houses, saved in {path}")


if __name__ == "__main__":
    main()
