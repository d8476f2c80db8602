package dev.farol.kit.certificate;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Under what names and addresses a server is reached. */
public record ServerNames(Set<String> dnsNames, Set<InetAddress> addresses) {
    private static final Pattern DNS_NAME =
            Pattern.compile("[a-z0-9*]([a-z0-9._-]{0,251}[a-z0-9])?");
    private static final int DNS = 2;
    private static final int IP = 7;

    public ServerNames {
        var lower = new LinkedHashSet<String>();
        for (String name : dnsNames) {
            lower.add(requireDnsName(name.toLowerCase(Locale.ROOT)));
        }
        dnsNames = Set.copyOf(lower);
        addresses = Set.copyOf(addresses);
    }

    /** {@code localhost}, the loopback addresses, and the machine's own name. */
    public static ServerNames local() {
        try {
            return new ServerNames(
                    new LinkedHashSet<>(List.of("localhost", hostName())),
                    Set.of(
                            InetAddress.getByAddress(new byte[] {127, 0, 0, 1}),
                            InetAddress.getByAddress(
                                    new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1})));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("Addresses of the right length", e);
        }
    }

    /** The machine's name in its network; {@code localhost} when it has none that DNS allows. */
    public static String hostName() {
        String name = systemHostName().strip().toLowerCase(Locale.ROOT);
        return DNS_NAME.matcher(name).matches() ? name : "localhost";
    }

    /** From the kernel where it says so: the resolver may wait seconds for a server. */
    private static String systemHostName() {
        Path kernel = Path.of("/proc/sys/kernel/hostname");
        try {
            return Files.isReadable(kernel)
                    ? Files.readString(kernel)
                    : InetAddress.getLocalHost().getHostName();
        } catch (IOException e) {
            return "localhost"; // a machine without a name is reached by this one
        }
    }

    /** What a certificate is for. */
    static ServerNames of(X509Certificate certificate)
            throws CertificateParsingException, UnknownHostException {
        Set<String> names = new LinkedHashSet<>();
        Set<InetAddress> addresses = new LinkedHashSet<>();
        Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
        for (List<?> each : alternatives == null ? List.<List<?>>of() : alternatives) {
            if (each.get(0) instanceof Integer type && each.get(1) instanceof String text) {
                if (type == DNS) {
                    names.add(text);
                } else if (type == IP) {
                    addresses.add(InetAddress.getByName(text)); // a literal: nobody is asked
                }
            }
        }
        return new ServerNames(names, addresses);
    }

    /** In a fixed order, {@code localhost} first. */
    List<String> sortedDnsNames() {
        Set<String> sorted = new LinkedHashSet<>();
        if (dnsNames.contains("localhost")) {
            sorted.add("localhost");
        }
        sorted.addAll(new TreeSet<>(dnsNames));
        return List.copyOf(sorted);
    }

    private static String requireDnsName(String name) {
        if (!DNS_NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + name + "' is not a DNS name");
        }
        return name;
    }
}
