package dev.farol.control.identity;

import dev.farol.wire.ApiRequest;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Reads the body of a form. */
final class FormBody {
    private static final int MAX_BODY = 64 * 1024;

    private FormBody() {}

    /**
     * @throws OAuthRefusal when it is none, or too large
     */
    static Map<String, String> read(ApiRequest request) throws IOException {
        byte[] bytes = request.body().readNBytes(MAX_BODY + 1);
        if (bytes.length > MAX_BODY) {
            throw new OAuthRefusal(413, "invalid_request", 90013, "The request is too large.");
        }
        Map<String, String> form = new HashMap<>();
        for (String pair : new String(bytes, StandardCharsets.UTF_8).split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                form.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
            }
        }
        return form;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw new OAuthRefusal(
                    400, "invalid_request", 90013, "The request body is not form encoded.");
        }
    }
}
