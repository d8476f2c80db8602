package dev.farol.control.arm;

import dev.farol.kit.Json;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.ResourceId;
import dev.farol.store.Store;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The two keys of an endpoint; both are valid at all times (contracts §4.1). */
final class EndpointKeys {
    static final String PRIMARY = "primaryKey";
    static final String SECONDARY = "secondaryKey";
    private static final int BYTES = 32;
    private static final int MIN = 16;
    private static final int MAX = 256;

    private final SecureRandom random = new SecureRandom();

    /** Stores the keys that the user chose, or new ones. */
    void create(Store transaction, ResourceId endpoint, JsonNode chosen) {
        for (String name : new String[] {PRIMARY, SECONDARY}) {
            String key =
                    chosen instanceof ObjectNode keys ? Shape.find(keys, name).asString("") : "";
            put(transaction, endpoint, name, key.isEmpty() ? generate() : key);
        }
    }

    String read(Store store, ResourceId endpoint, String name) {
        return store.resources()
                .secret(endpoint, name)
                .map(key -> new String(key, StandardCharsets.UTF_8))
                .orElseThrow(
                        () ->
                                new FarolException(
                                        ErrorCode.INTERNAL,
                                        "The endpoint '" + endpoint.name() + "' has no " + name));
    }

    /**
     * Replaces one key: by {@code wanted}, or by a new one when nothing is wanted or the wanted is
     * the present one (the SDK sends that, contracts §1.7).
     */
    void replace(Store transaction, ResourceId endpoint, String name, String wanted) {
        Optional<byte[]> present = transaction.resources().secret(endpoint, name);
        boolean same =
                wanted.isEmpty()
                        || present.map(
                                        key ->
                                                MessageDigest.isEqual(
                                                        key,
                                                        wanted.getBytes(StandardCharsets.UTF_8)))
                                .orElse(false);
        put(transaction, endpoint, name, same ? generate() : wanted);
    }

    /** The keys in the body of an endpoint's PUT; an empty object when there are none. */
    static JsonNode in(ObjectNode body) {
        return Shape.find(body, "properties") instanceof ObjectNode properties
                        && Shape.find(properties, "keys") instanceof ObjectNode keys
                ? keys
                : Json.object();
    }

    /** Checks both keys of a document, where they are given. */
    static void check(JsonNode keys, String pointer, Violations violations) {
        for (String name : new String[] {PRIMARY, SECONDARY}) {
            check(keys.path(name).asString(""), pointer + "/" + name, violations);
        }
    }

    /** Adds what is wrong with a key that a user chose; the message never holds the key. */
    static void check(String key, String pointer, Violations violations) {
        if (!key.isEmpty()
                && (key.length() < MIN
                        || key.length() > MAX
                        || !key.chars().allMatch(c -> c > ' ' && c < 127))) {
            violations.add(
                    pointer,
                    "The key cannot be used (expected: "
                            + MIN
                            + " to "
                            + MAX
                            + " visible ASCII characters without spaces)");
        }
    }

    private static void put(Store transaction, ResourceId endpoint, String name, String key) {
        transaction.resources().putSecret(endpoint, name, key.getBytes(StandardCharsets.UTF_8));
    }

    private String generate() {
        var bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
