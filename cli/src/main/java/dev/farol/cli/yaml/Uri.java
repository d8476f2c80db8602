package dev.farol.cli.yaml;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The places outside this machine's folders that a path of a definition may name. */
final class Uri {
    static final String EXPECTED =
            "a file or folder, azureml://datastores/…/paths/… or an https:// URL of Farol's storage";

    private Uri() {}

    static boolean looksLike(String text) {
        return text.startsWith("azureml:") || text.contains("://") || text.startsWith("runs:/");
    }

    /** Why the service cannot read it; nothing when it can be asked. */
    static @Nullable String refusal(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.startsWith("runs:/")
                || lower.startsWith("azureml://jobs/")
                || lower.contains("/experiments/")) {
            return "is an output of a job, and jobs are not offered yet";
        }
        if (lower.startsWith("azureml://")) {
            return lower.contains("/paths/") || lower.startsWith("azureml://registries/")
                    ? null
                    : "names no path in a datastore";
        }
        if (lower.startsWith("azureml:")) {
            return "is a reference to an asset, not a path; without 'path:' it names a registered one";
        }
        if (lower.startsWith("https://")) {
            return null;
        }
        String scheme = lower.replaceAll("://.*", "");
        return "is read by nothing here: " + scheme + ":// is not offered";
    }
}
