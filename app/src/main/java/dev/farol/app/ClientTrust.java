package dev.farol.app;

import dev.farol.kit.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.stream.Stream;

/**
 * The files that clients read to trust this Farol beside what they trust already. A setting of the
 * user's own would be replaced, so its content goes into a file with ours.
 *
 * @param bundle the machine's roots, the user's own, and Farol's authority
 * @param authority Farol's authority, and what the user adds for Node
 * @param notes what the user should know
 */
record ClientTrust(Path bundle, Path authority, List<String> notes) {
    private static final String NODE = "NODE_EXTRA_CA_CERTS";

    /** What clients know as the file with all roots: requests and az, OpenSSL and curl, curl. */
    private static final List<String> BUNDLES =
            List.of("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE");

    private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
    private static final String END = "-----END CERTIFICATE-----";

    ClientTrust {
        notes = List.copyOf(notes);
    }

    /**
     * @param tls the folder of Farol's certificate authority
     * @param before the variables as the user set them
     */
    static ClientTrust of(Path tls, Map<String, String> before) throws IOException {
        var notes = new ArrayList<String>();
        Path bundle = with(tls, "bundle", own(before, BUNDLES, tls, notes));
        Path authority = with(tls, "ca", own(before, List.of(NODE), tls, notes));
        return new ClientTrust(bundle, authority, notes);
    }

    private static SequencedSet<Path> own(
            Map<String, String> before, List<String> names, Path tls, List<String> notes) {
        var found = new LinkedHashSet<Path>();
        for (String name : names) {
            String value = before.getOrDefault(name, "");
            if (value.isBlank()) {
                continue;
            }
            Path path = Path.of(value).toAbsolutePath().normalize();
            if (!Files.isReadable(path)) {
                notes.add(
                        name
                                + " names "
                                + path
                                + ", which cannot be read; it is left out of the bundle.");
            } else if (!path.startsWith(tls)) {
                found.add(path);
            }
        }
        return found;
    }

    /** Ours alone, or a file with theirs in it, which is named after where theirs come from. */
    private static Path with(Path tls, String name, SequencedSet<Path> theirs) throws IOException {
        Path ours = tls.resolve(name + ".pem");
        String text = Files.readString(ours, StandardCharsets.ISO_8859_1);
        var more = new StringBuilder();
        for (Path each : theirs) {
            for (Path file : files(each)) {
                String content = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
                // Ours holds the machine's roots: whoever names those names nothing new.
                if (!text.contains(content)) {
                    certificates(content, more);
                }
            }
        }
        if (more.isEmpty()) {
            return ours;
        }
        String content = more + text;
        Path file = tls.resolve("%s-with-%08x.pem".formatted(name, theirs.toString().hashCode()));
        if (!Files.exists(file)
                || !Files.readString(file, StandardCharsets.ISO_8859_1).equals(content)) {
            AtomicFile.write(file, content);
        }
        return file;
    }

    /** Only the certificates: a file of the user's may hold a private key too. */
    private static void certificates(String content, StringBuilder into) {
        int begin = content.indexOf(BEGIN);
        while (begin >= 0) {
            int end = content.indexOf(END, begin);
            if (end < 0) {
                return;
            }
            into.append(content, begin, end + END.length()).append('\n');
            begin = content.indexOf(BEGIN, end);
        }
    }

    /** A setting may name a folder of certificates. */
    private static List<Path> files(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> entries = Files.list(path)) {
            return entries.filter(Files::isRegularFile).filter(Files::isReadable).sorted().toList();
        }
    }
}
