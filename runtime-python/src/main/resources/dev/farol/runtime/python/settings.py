"""Settings of a scoring server: environment variables first, then a JSON file, then defaults.

Standard library only, Python 3.8 or newer.
"""

import json
import os

TEXT, NUMBER, TRUTH = "a text", "an integer", "true or false"
KNOWN = {
    "AML_APP_ROOT": (TEXT, None),
    "AZUREML_SOURCE_DIRECTORY": (TEXT, None),
    "AZUREML_ENTRY_SCRIPT": (TEXT, None),
    "SERVICE_NAME": (TEXT, "ML service"),
    "WORKSPACE_NAME": (TEXT, ""),
    "SERVICE_PATH_PREFIX": (TEXT, ""),
    "SERVICE_VERSION": (TEXT, "1.0"),
    "SCORING_TIMEOUT_MS": (NUMBER, 3600 * 1000),
    "AZUREML_LOG_LEVEL": (TEXT, "INFO"),
    "AML_APP_INSIGHTS_ENABLED": (TRUTH, False),
    "AML_APP_INSIGHTS_KEY": (TEXT, None),
    "AML_MODEL_DC_STORAGE_ENABLED": (TRUTH, False),
    "APP_INSIGHTS_LOG_RESPONSE_ENABLED": (TRUTH, True),
    "AML_CORS_ORIGINS": (TEXT, None),
    "AZUREML_MODEL_DIR": (TEXT, ""),
    "HOSTNAME": (TEXT, "Unknown"),
    "AZUREML_DEBUG_PORT": (NUMBER, None),
    # Farol's own: how many requests run_batch() gets at most, and how long the first one waits for others.
    "FAROL_MAX_BATCH": (NUMBER, 1),
    "FAROL_MAX_DELAY_MS": (NUMBER, 0),
}
TRUE = ("1", "true", "t", "yes", "y", "on")
FALSE = ("0", "false", "f", "no", "n", "off")


class BadSetting(Exception):
    """A setting that nobody can use."""


class Settings:
    """Read once, when a worker starts."""

    def __init__(self, app_root, environ=None):
        self._environ = os.environ if environ is None else environ
        self.file = self._find(app_root)
        self._values = self._read()
        self.unknown = sorted(name for name in self._values if name not in KNOWN)
        for name in KNOWN:
            self.get(name)

    def _find(self, app_root):
        folders = [app_root]
        script = self._environ.get("AZUREML_ENTRY_SCRIPT")
        if script:
            folders.append(os.path.dirname(os.path.join(app_root, script)))
        for path in [self._environ.get("AZUREML_CONFIG_FILE")] + [
            os.path.join(folder, "config.json") for folder in folders
        ]:
            if path and os.path.isfile(path) and os.path.getsize(path) > 0:
                return path
        return None

    def _read(self):
        if self.file is None:
            return {}
        try:
            with open(self.file, encoding="utf-8") as file:
                values = json.load(file)
        except (OSError, ValueError) as ex:
            raise BadSetting("Invalid config file %s: %s" % (self.file, ex)) from None
        if not isinstance(values, dict):
            raise BadSetting("Invalid config file %s: it is not a JSON object" % self.file)
        return values

    def get(self, name):
        kind, default = KNOWN[name]
        value, where = self._environ.get(name), "environment variable"
        if value is None:
            value, where = self._values.get(name), self.file
        if value is None:
            return default
        text = str(value).strip().lower()
        if kind == NUMBER:
            try:
                return int(text)
            except ValueError:
                pass
        elif kind == TRUTH:
            if text in TRUE or text in FALSE:
                return text in TRUE
        elif isinstance(value, str):
            return value
        raise BadSetting("%s: %r (expected: %s; set by %s)" % (name, value, kind, where))

    def given(self, name):
        return self._environ.get(name) is not None or self._values.get(name) is not None

    def origins(self):
        text = self.get("AML_CORS_ORIGINS")
        return [one.strip() for one in text.split(",")] if text else []

    def tells_version(self):
        return self._environ.get("SERVER_VERSION_LOG_RESPONSE_ENABLED", "true").lower() == "true"
