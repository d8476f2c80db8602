package dev.farol.environment.uv;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Turns what uv prints into lines for people, at most a few a second: what comes faster is put
 * together into one line.
 */
public final class Chatter implements Consumer<String>, AutoCloseable {
    private static final long PAUSE_NANOS = 250_000_000L;
    private static final int MOST_NAMES = 4;
    private static final Pattern DOWNLOAD =
            Pattern.compile("^Downloading (\\S+) \\(([0-9.]+)\\s*([KMG]?i?B)\\)$");
    private static final Pattern COUNT =
            Pattern.compile("^(Installed|Prepared) (\\d+ packages?) in ([0-9.]+)(ms|s|m) ?.*$");
    private static final Pattern BUILDING = Pattern.compile("^Building (\\S+?)(?:==(\\S+))?$");

    private final Consumer<String> people;
    private final LongSupplier nanos;
    private final List<String> downloads = new ArrayList<>();
    private long last;

    /**
     * @param nanos a clock such as {@link System#nanoTime}
     */
    public Chatter(Consumer<String> people, LongSupplier nanos) {
        this.people = people;
        this.nanos = nanos;
        this.last = nanos.getAsLong() - PAUSE_NANOS;
    }

    @Override
    public synchronized void accept(String line) {
        Matcher download = DOWNLOAD.matcher(line.strip());
        if (download.matches()) {
            downloads.add(
                    download.group(1)
                            + " "
                            + Math.round(Double.parseDouble(download.group(2)))
                            + " "
                            + download.group(3).replaceFirst("^([KMG])i?B", "$1iB"));
            if (nanos.getAsLong() - last >= PAUSE_NANOS) {
                tellDownloads();
            }
            return;
        }
        translated(line.strip())
                .ifPresent(
                        told -> {
                            tellDownloads();
                            tell(told);
                        });
    }

    private void tellDownloads() {
        if (downloads.isEmpty()) {
            return;
        }
        int more = downloads.size() - MOST_NAMES;
        String names =
                String.join(", ", more > 1 ? downloads.subList(0, MOST_NAMES) : downloads)
                        + (more > 1 ? " and " + more + " more" : "");
        downloads.clear();
        tell("downloading " + names);
    }

    private void tell(String line) {
        last = nanos.getAsLong();
        people.accept(line);
    }

    static Optional<String> translated(String line) {
        Matcher count = COUNT.matcher(line);
        if (count.matches()) {
            String verb = count.group(1).equals("Installed") ? "installed " : "downloaded ";
            return Optional.of(
                    verb + count.group(2) + " in " + seconds(count.group(3), count.group(4)));
        }
        Matcher building = BUILDING.matcher(line);
        if (building.matches()) {
            String version = building.group(2) == null ? "" : " " + building.group(2);
            return Optional.of("building " + building.group(1) + version + " from source");
        }
        return line.startsWith("warning:") ? Optional.of(line) : Optional.empty();
    }

    private static String seconds(String number, String unit) {
        double value = Double.parseDouble(number);
        double seconds = unit.equals("ms") ? value / 1000 : unit.equals("m") ? value * 60 : value;
        return String.format(java.util.Locale.ROOT, seconds < 0.1 ? "%.2f s" : "%.1f s", seconds);
    }

    /** Tells what was held back. */
    @Override
    public synchronized void close() {
        tellDownloads();
    }
}
