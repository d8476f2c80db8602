package dev.farol.control.model;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Whether a deployment of a model alone may be served without Python. */
public enum NativeLane {
    /** Never. */
    OFF,
    /** What is in a native format already. */
    ON,
    /** What can be converted to one, too, when it then answers the same. */
    CONVERT;

    /** The environment variable of a deployment that says it. */
    public static final String VARIABLE = "FAROL_NATIVE";

    /** The values that it has. */
    public static final String NAMES = "off, on or convert";

    /** What the deployment asks for; {@link #ON} unless it says so. */
    public static NativeLane of(OnlineDeployment deployment) {
        return of(deployment.environmentVariables());
    }

    /** The same of a deployment's environment variables. */
    public static NativeLane of(Map<String, String> variables) {
        return Optional.ofNullable(variables.get(VARIABLE)).flatMap(NativeLane::named).orElse(ON);
    }

    public static Optional<NativeLane> named(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "off" -> Optional.of(OFF);
            case "on" -> Optional.of(ON);
            case "convert" -> Optional.of(CONVERT);
            default -> Optional.empty();
        };
    }
}
