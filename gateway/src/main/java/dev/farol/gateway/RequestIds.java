package dev.farol.gateway;

import dev.farol.wire.HeaderEdit;
import dev.farol.wire.Headers;
import dev.farol.wire.ProxyRequest;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The ids of a request (contracts §5.2).
 *
 * @param request {@code x-request-id}: the caller's, or a new one
 * @param alias {@code x-ms-request-id}: the caller's, else its client id, else {@code request}
 * @param client {@code x-ms-client-request-id}: empty unless the caller gave it or its alias
 * @param ours whether {@code request} is a new one, of visible letters only
 */
record RequestIds(String request, String alias, String client, boolean ours) {
    private static final int LONGEST = 100;
    private static final String REQUEST = "x-request-id";
    private static final String ALIAS = "x-ms-request-id";
    private static final String CLIENT = "x-ms-client-request-id";

    static RequestIds of(ProxyRequest request, RandomGenerator random) {
        String given = request.header(REQUEST);
        String alias = request.header(ALIAS);
        String client = request.header(CLIENT);
        String id = given == null || given.isEmpty() ? fresh(random) : given;
        boolean ours = !id.equals(given);
        String clientId = client != null ? client : alias != null ? alias : "";
        String aliasId = alias != null ? alias : clientId.isEmpty() ? id : clientId;
        return new RequestIds(id, aliasId, clientId, ours);
    }

    /** A random UUID that need not be a secret. */
    private static String fresh(RandomGenerator random) {
        long high = (random.nextLong() & ~0xF000L) | 0x4000L;
        long low = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }

    /** The text of the inference server for an id that is too long; null when none is. */
    @Nullable String complaint() {
        boolean aliasGiven = !alias.equals(request);
        if (client.length() > LONGEST || (aliasGiven && alias.length() > LONGEST)) {
            return "x-ms-request-id and x-ms-client-request-id must not exceed 100 characters";
        }
        return request.length() > LONGEST ? "x-request-id must not exceed 100 characters" : null;
    }

    void sendUp(HeaderEdit headers) {
        set(headers, REQUEST, request);
    }

    void answer(HeaderEdit headers) {
        set(headers, REQUEST, request);
        set(headers, ALIAS, alias);
        if (!client.isEmpty()) {
            headers.set(CLIENT, client);
        }
    }

    @SuppressWarnings("ReferenceEquality") // the new one has no equal
    private void set(HeaderEdit headers, String name, String id) {
        if (ours && id == request) {
            headers.setPlain(name, id);
        } else {
            headers.set(name, id);
        }
    }

    void answer(Headers headers) {
        headers.set(REQUEST, request);
        headers.set(ALIAS, alias);
        if (!client.isEmpty()) {
            headers.set(CLIENT, client);
        }
    }
}
