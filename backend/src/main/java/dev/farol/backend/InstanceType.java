package dev.farol.backend;

/**
 * What an instance may use.
 *
 * @param cpu cores; told, not enforced, by a backend that cannot
 * @param memoryBytes of the whole process tree
 */
public record InstanceType(double cpu, long memoryBytes) {
    private static final double GIB = 1L << 30;

    public InstanceType {
        if (!(cpu > 0) || memoryBytes <= 0) {
            throw new IllegalArgumentException(
                    "an instance type has cores and memory: " + cpu + ", " + memoryBytes);
        }
    }

    static InstanceType of(double cpu, double gibibytes) {
        return new InstanceType(cpu, (long) (gibibytes * GIB));
    }
}
