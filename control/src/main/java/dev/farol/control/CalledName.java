package dev.farol.control;

import dev.farol.wire.ApiRequest;
import java.util.regex.Pattern;

/** How a client calls this server: what every URL in an answer begins with. */
final class CalledName {
    /** A name, an IPv4 address or an IPv6 address in brackets, with or without a port. */
    private static final Pattern FORM =
            Pattern.compile("([A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}\\])(:[0-9]{1,5})?");

    private CalledName() {}

    /** Host and port; {@code localhost} when the request says nothing sensible. */
    static String of(ApiRequest request) {
        String forwarded =
                request.headers().first("X-Forwarded-Host").orElse("").split(",", 2)[0].strip();
        String host = forwarded.isEmpty() ? request.host() : forwarded;
        return FORM.matcher(host).matches() ? host : "localhost";
    }
}
