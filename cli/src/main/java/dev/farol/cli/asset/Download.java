package dev.farol.cli.asset;

import dev.farol.cli.arm.Arm;
import dev.farol.cli.arm.CommandFailed;
import dev.farol.wire.ApiClient;
import dev.farol.wire.Headers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/** Brings the files of a version to a folder here, in parts, so that their size is no matter. */
public final class Download {
    private static final Pattern DATASTORE =
            Pattern.compile("azureml://.*?/?datastores/([^/]+)/paths/(.+?)/*", Pattern.DOTALL);
    private static final Pattern BLOB =
            Pattern.compile("(https?://.*?[^/]*\\.blob\\.[^/]+/[^/?]+)/(.+?)/*", Pattern.DOTALL);
    private static final long PART = 8L * 1024 * 1024;

    private final Arm arm;

    public Download(Arm arm) {
        this.arm = arm;
    }

    /**
     * Everything at {@code uri} goes to {@code folder}: a file by its name, a folder with its own
     * name as a folder.
     *
     * @return how many files came
     */
    public int to(Path folder, String uri) {
        Matcher stored = DATASTORE.matcher(uri);
        Matcher blob = BLOB.matcher(uri);
        BlobContainer container;
        String path;
        if (stored.matches()) {
            container = BlobContainer.ofDatastore(arm, stored.group(1));
            path = stored.group(2);
        } else if (blob.matches()) {
            container = new BlobContainer(arm, blob.group(1), null);
            path = URLDecoder.decode(blob.group(2).replace("+", "%2B"), StandardCharsets.UTF_8);
        } else {
            throw CommandFailed.failed(
                    "'" + uri + "' is not in the storage of this workspace, and stays there");
        }
        List<String> files = below(container, path);
        if (files.isEmpty()) {
            throw new CommandFailed(3, "There is no file at " + uri);
        }
        int cut = path.lastIndexOf('/') + 1;
        for (String file : files) {
            Path target = folder.resolve(file.substring(cut)).normalize();
            if (!target.startsWith(folder)) {
                throw CommandFailed.failed("'" + file + "' would leave the folder");
            }
            fetch(container, file, target);
        }
        return files.size();
    }

    /** The blob itself, or all below it as a folder. */
    private List<String> below(BlobContainer container, String path) {
        var found = new ArrayList<String>();
        String marker = "";
        do {
            String query =
                    "restype=container&comp=list&prefix="
                            + URLEncoder.encode(path, StandardCharsets.UTF_8).replace("+", "%20")
                            + (marker.isEmpty()
                                    ? ""
                                    : "&marker="
                                            + URLEncoder.encode(marker, StandardCharsets.UTF_8));
            ApiClient.Answer answer = container.send("GET", "", query, new Headers(), null);
            refused(answer, container.url());
            marker = names(answer.body(), found);
        } while (!marker.isEmpty());
        found.removeIf(name -> !name.equals(path) && !name.startsWith(path + "/"));
        return found;
    }

    /** Adds the names of a list of blobs, and answers where the list goes on. */
    private static String names(byte[] xml, List<String> names) {
        XMLInputFactory factory = XMLInputFactory.newFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        String next = "";
        try {
            XMLStreamReader reader = factory.createXMLStreamReader(new ByteArrayInputStream(xml));
            boolean blob = false;
            while (reader.hasNext()) {
                int event = reader.next();
                if (event == XMLStreamConstants.START_ELEMENT) {
                    switch (reader.getLocalName()) {
                        case "Blob" -> blob = true;
                        case "Name" -> {
                            if (blob) {
                                names.add(reader.getElementText());
                                blob = false;
                            }
                        }
                        case "NextMarker" -> next = reader.getElementText();
                        default -> {}
                    }
                }
            }
        } catch (XMLStreamException malformed) {
            throw CommandFailed.failed("The list of files is no XML: " + malformed.getMessage());
        }
        return next;
    }

    private void fetch(BlobContainer container, String blob, Path target) {
        try {
            Path parent = target.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Path part = target.resolveSibling(target.getFileName() + ".part");
            try {
                try (OutputStream out = Files.newOutputStream(part)) {
                    parts(container, blob, out);
                }
                Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException unwritable) {
            throw CommandFailed.failed("Cannot be written: " + unwritable.getMessage());
        }
    }

    private void parts(BlobContainer container, String blob, OutputStream out) throws IOException {
        long from = 0;
        long total = Long.MAX_VALUE;
        @Nullable String etag = null;
        while (from < total) {
            Headers headers = Headers.of("x-ms-range", "bytes=" + from + "-" + (from + PART - 1));
            if (etag != null) {
                headers.set("If-Match", etag);
            }
            ApiClient.Answer answer = container.send("GET", blob, "", headers, null);
            if (answer.status() == 416 && from == 0) {
                return;
            }
            refused(answer, blob);
            out.write(answer.body());
            from += answer.body().length;
            etag = answer.headers().first("ETag").orElse(null);
            total = answer.status() == 206 ? total(answer) : from;
            if (answer.body().length == 0) {
                return;
            }
        }
    }

    private static long total(ApiClient.Answer answer) {
        String range = answer.headers().first("Content-Range").orElse("");
        String total = range.substring(range.lastIndexOf('/') + 1);
        if (!total.matches("[0-9]{1,18}")) {
            throw CommandFailed.failed("The storage does not say how long the file is: " + range);
        }
        return Long.parseLong(total);
    }

    private static void refused(ApiClient.Answer answer, String what) {
        if (answer.status() >= 300) {
            String code = answer.headers().first("x-ms-error-code").orElse("");
            throw new CommandFailed(
                    answer.status() == 404 ? 3 : 1,
                    "The storage answered "
                            + answer.status()
                            + (code.isEmpty() ? "" : " " + code)
                            + " for "
                            + what);
        }
    }
}
