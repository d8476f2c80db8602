package dev.farol.backend;

import dev.farol.kit.ByteSize;

/**
 * What an instance may use.
 *
 * @param cpu cores; told, not enforced, by a backend that cannot
 * @param memory of the whole process tree
 */
public record InstanceType(double cpu, ByteSize memory) {
    private static final double GIB = 1L << 30;

    public InstanceType {
        if (!(cpu > 0) || memory.bytes() <= 0) {
            throw new IllegalArgumentException(
                    "an instance type has cores and memory: " + cpu + ", " + memory);
        }
    }

    static InstanceType of(double cpu, double gibibytes) {
        return new InstanceType(cpu, new ByteSize((long) (gibibytes * GIB)));
    }
}
