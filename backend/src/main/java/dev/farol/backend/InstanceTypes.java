package dev.farol.backend;

import java.util.Collections;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Instance types by name, in any case of letters: Azure's common sizes and those that an admin adds
 * or changes.
 */
public final class InstanceTypes {
    private static final Map<String, InstanceType> AZURE =
            Map.ofEntries(
                    size("Standard_DS1_v2", 1, 3.5),
                    size("Standard_DS2_v2", 2, 7),
                    size("Standard_DS3_v2", 4, 14),
                    size("Standard_DS4_v2", 8, 28),
                    size("Standard_DS5_v2", 16, 56),
                    size("Standard_D2s_v3", 2, 8),
                    size("Standard_D4s_v3", 4, 16),
                    size("Standard_D8s_v3", 8, 32),
                    size("Standard_D2as_v4", 2, 8),
                    size("Standard_D4as_v4", 4, 16),
                    size("Standard_F2s_v2", 2, 4),
                    size("Standard_F4s_v2", 4, 8),
                    size("Standard_F8s_v2", 8, 16),
                    size("Standard_F16s_v2", 16, 32),
                    size("Standard_F32s_v2", 32, 64),
                    size("Standard_F48s_v2", 48, 96),
                    size("Standard_F64s_v2", 64, 128),
                    size("Standard_F72s_v2", 72, 144),
                    size("Standard_E2s_v3", 2, 16),
                    size("Standard_E4s_v3", 4, 32),
                    size("Standard_E8s_v3", 8, 64),
                    size("Standard_E16s_v3", 16, 128),
                    size("Standard_E32s_v3", 32, 256),
                    size("Standard_E48s_v3", 48, 384),
                    size("Standard_E64s_v3", 64, 432),
                    size("Standard_NC4as_T4_v3", 4, 28),
                    size("Standard_NC8as_T4_v3", 8, 56),
                    size("Standard_NC16as_T4_v3", 16, 110),
                    size("Standard_NC64as_T4_v3", 64, 440),
                    size("Standard_NC6s_v2", 6, 112),
                    size("Standard_NC12s_v2", 12, 224),
                    size("Standard_NC24s_v2", 24, 448),
                    size("Standard_NC6s_v3", 6, 112),
                    size("Standard_NC12s_v3", 12, 224),
                    size("Standard_NC24s_v3", 24, 448),
                    size("Standard_NC24ads_A100_v4", 24, 220),
                    size("Standard_NC48ads_A100_v4", 48, 440),
                    size("Standard_NC96ads_A100_v4", 96, 880),
                    size("Standard_NC40ads_H100_v5", 40, 320),
                    size("Standard_NC80adis_H100_v5", 80, 640));

    /** How Azure spells a size: {@code Standard_NC24ads_A100_v4}, {@code Standard_M64-16ms}. */
    private static final Pattern SPELLING =
            Pattern.compile(
                    "(Standard|Basic)_[A-Z]{1,3}\\d+(-\\d+)?[a-z]*(_[A-Z]+\\d+)?(_v\\d+)?",
                    Pattern.CASE_INSENSITIVE);

    /** Azure's sizes and nothing else. */
    public static final InstanceTypes BUILT_IN = with(Map.of());

    private final TreeMap<String, InstanceType> types;
    private final Set<String> own;

    private InstanceTypes(TreeMap<String, InstanceType> types, Set<String> own) {
        this.types = types;
        this.own = own;
    }

    /** Azure's sizes, and {@code own} beside or instead of them. */
    public static InstanceTypes with(Map<String, InstanceType> own) {
        var types = new TreeMap<String, InstanceType>(String.CASE_INSENSITIVE_ORDER);
        types.putAll(AZURE);
        types.putAll(own);
        return new InstanceTypes(types, new TreeSet<>(own.keySet()));
    }

    /** The type of this name; none means that an instance of it is not limited. */
    public Optional<InstanceType> find(String name) {
        return Optional.ofNullable(types.get(name));
    }

    /**
     * What is wrong with a name: empty for the types here, and for what is spelled as Azure spells
     * its sizes, since there are more of them than are listed here.
     */
    public Optional<String> violation(String name) {
        if (types.containsKey(name) || SPELLING.matcher(name).matches()) {
            return Optional.empty();
        }
        String more = own.isEmpty() ? "" : ", or one of " + String.join(", ", own);
        return Optional.of(
                "'"
                        + name
                        + "' is no instance type (expected: an Azure VM size such as"
                        + " Standard_DS3_v2"
                        + more
                        + "; the setting backend.instance-types adds others)");
    }

    /** All types, by name. */
    public Map<String, InstanceType> all() {
        return Collections.unmodifiableMap(types);
    }

    /** The name of the smallest type that has at least this much memory. */
    public Optional<String> smallestWith(long memoryBytes) {
        return types.entrySet().stream()
                .filter(type -> type.getValue().memory().bytes() >= memoryBytes)
                .min(
                        java.util.Comparator.<Entry<String, InstanceType>>comparingLong(
                                        type -> type.getValue().memory().bytes())
                                .thenComparingDouble(type -> type.getValue().cpu()))
                .map(Entry::getKey);
    }

    private static Entry<String, InstanceType> size(String name, double cpu, double gibibytes) {
        return Map.entry(name, InstanceType.of(cpu, gibibytes));
    }
}
