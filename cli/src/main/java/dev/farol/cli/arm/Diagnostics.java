package dev.farol.cli.arm;

import java.io.PrintWriter;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is said beside the result: progress, and with {@code --debug} every call without its
 * secrets.
 *
 * @param calls null unless {@code --debug}
 * @param notes null with {@code --only-show-errors}
 */
public record Diagnostics(@Nullable PrintWriter calls, @Nullable PrintWriter notes) {
    private static final Pattern SECRET = Pattern.compile("(?i)([?&](sig|skey)=)[^&]*");

    void call(String method, String url, int status, long millis) {
        if (calls != null) {
            calls.println(
                    "DEBUG: "
                            + method
                            + " "
                            + SECRET.matcher(url).replaceAll("$1***")
                            + " -> "
                            + status
                            + " ("
                            + millis
                            + " ms)");
            calls.flush();
        }
    }

    public void note(String text) {
        if (notes != null) {
            notes.println(text);
            notes.flush();
        }
    }
}
