package dev.farol.control.arm;

import tools.jackson.databind.node.ObjectNode;

/**
 * A PATCH as ARM means it: fields that are given replace those that stand, null takes a field away.
 * {@code properties} and {@code sku} are merged field by field; maps such as {@code tags} and
 * {@code traffic} are replaced as a whole.
 */
final class Patch {
    private Patch() {}

    /** The whole object after the patch. */
    static ObjectNode apply(ObjectNode existing, ObjectNode patch) {
        ObjectNode result = existing.deepCopy();
        patch.forEachEntry(
                (given, value) -> {
                    String name = spelled(result, given);
                    if (value.isNull()) {
                        result.remove(name);
                    } else if (merged(name)
                            && result.get(name) instanceof ObjectNode inner
                            && value instanceof ObjectNode change) {
                        result.set(name, fields(inner, change));
                    } else {
                        result.set(name, value);
                    }
                });
        return result;
    }

    private static ObjectNode fields(ObjectNode existing, ObjectNode patch) {
        ObjectNode result = existing.deepCopy();
        patch.forEachEntry(
                (given, value) -> {
                    String name = spelled(result, given);
                    if (value.isNull()) {
                        result.remove(name);
                    } else {
                        result.set(name, value);
                    }
                });
        return result;
    }

    private static boolean merged(String name) {
        return name.equals("properties") || name.equals("sku");
    }

    /** The name as it already stands, whatever case it is given in. */
    private static String spelled(ObjectNode object, String given) {
        for (String name : object.propertyNames()) {
            if (name.equalsIgnoreCase(given)) {
                return name;
            }
        }
        return given;
    }
}
