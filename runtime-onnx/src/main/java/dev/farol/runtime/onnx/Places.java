package dev.farol.runtime.onnx;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Memory for the tensors of one thread, which computes one call at a time: a place for each input
 * and output, whatever its shape is, as large as the largest that was there. Given back at once
 * when it is closed, not when the collector comes to it.
 */
final class Places implements AutoCloseable {
    private static final int LEAST = 4096;

    private final List<@Nullable Place> places = new ArrayList<>();

    /** Such as are outgrown, and may be looked at until everything over them is closed. */
    private final List<Place> outgrown = new ArrayList<>();

    private record Place(Arena arena, ByteBuffer memory) {
        @SuppressWarnings("MustBeClosedChecker") // It lives as long as the place.
        static Place of(int bytes) {
            Arena arena = Arena.ofShared();
            int size = Math.max(LEAST, Integer.highestOneBit(Math.max(bytes - 1, 1)) << 1);
            return new Place(arena, arena.allocate(size, Long.BYTES).asByteBuffer());
        }
    }

    /** So many bytes of a place. What was there before may be at another from now on. */
    ByteBuffer at(int index, int bytes) {
        while (places.size() <= index) {
            places.add(null);
        }
        Place place = places.get(index);
        if (place == null || place.memory().capacity() < bytes) {
            if (place != null) {
                outgrown.add(place);
            }
            place = Place.of(bytes);
            places.set(index, place);
        }
        // Without a byte there would be no address for the engine to look at.
        ByteBuffer part = place.memory().slice(0, Math.max(bytes, Long.BYTES));
        return part.order(ByteOrder.nativeOrder()).limit(bytes);
    }

    boolean outgrown() {
        return !outgrown.isEmpty();
    }

    /** Gives back what is outgrown: nothing looks at it any more. */
    void release() {
        outgrown.forEach(place -> place.arena().close());
        outgrown.clear();
    }

    @Override
    public void close() {
        release();
        for (Place place : places) {
            if (place != null) {
                place.arena().close();
            }
        }
        places.clear();
    }
}
