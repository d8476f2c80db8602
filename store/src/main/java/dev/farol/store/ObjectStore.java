package dev.farol.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Named objects in containers, their bytes kept once per content. A reader sees a whole object or
 * none: nothing is visible before its last byte and its name are durable.
 */
public interface ObjectStore extends AutoCloseable {
    /**
     * @param name the path within the container, segments separated by '/', any Unicode
     * @param etag changes with every write of content or metadata
     * @param sha256 of the content, lower-case hex
     */
    record ObjectInfo(
            String container,
            String name,
            long size,
            String etag,
            String sha256,
            Map<String, String> metadata,
            Map<String, String> headers,
            Instant modifiedAt) {}

    /** Stores what {@code content} gives, in constant memory; the stream is not closed. */
    ObjectInfo put(String container, String name, InputStream content, Put how) throws IOException;

    /**
     * @param ifAbsent refuse with {@code Conflict} when the name is taken
     * @param length the number of bytes that must come, or -1; a shorter stream stores nothing
     * @param md5 expected MD5, or null
     * @param ifMatch refuse with {@code PreconditionFailed} unless the object has this ETag; null
     *     for any
     */
    record Put(
            boolean ifAbsent,
            long length,
            byte @Nullable [] md5,
            Map<String, String> metadata,
            Map<String, String> headers,
            @Nullable String ifMatch) {
        public static final Put PLAIN = new Put(false, -1, null, Map.of(), Map.of());

        public Put(
                boolean ifAbsent,
                long length,
                byte @Nullable [] md5,
                Map<String, String> metadata,
                Map<String, String> headers) {
            this(ifAbsent, length, md5, metadata, headers, null);
        }
    }

    /** A part of an object that waits to be joined. */
    record Block(String id, long size) {}

    /**
     * Keeps a part of an object that {@link #commitBlocks} will join. It outlives the process, and
     * is forgotten a week after the last one of its object came.
     *
     * @param length the number of bytes that must come, or -1
     * @param md5 expected MD5, or null
     */
    void putBlock(
            String container,
            String name,
            String blockId,
            InputStream content,
            long length,
            byte @Nullable [] md5)
            throws IOException;

    default void putBlock(String container, String name, String blockId, InputStream content)
            throws IOException {
        putBlock(container, name, blockId, content, -1, null);
    }

    /** The parts that wait to be joined, by id. */
    List<Block> blocks(String container, String name) throws IOException;

    /**
     * Joins blocks, in this order, to the object, and forgets all that were put for it. Whoever
     * asks for the same while it is being done gets the same answer. Blocks are used up as they are
     * joined, so that they and the object do not take twice the space: when the disk fails half
     * way, some must be put again.
     *
     * @throws dev.farol.spec.FarolException {@code BadArgument} when a block is missing; those that
     *     are there stay
     */
    ObjectInfo commitBlocks(String container, String name, List<String> blockIds, Put how)
            throws IOException;

    Optional<ObjectInfo> head(String container, String name) throws IOException;

    /**
     * The bytes from {@code offset}, at most {@code length} of them; the caller closes the stream.
     * An open stream gives the whole range even when the object is deleted meanwhile.
     *
     * @throws dev.farol.spec.FarolException {@code ResourceNotFound} when the content is gone
     */
    InputStream read(ObjectInfo object, long offset, long length) throws IOException;

    ObjectInfo setMetadata(String container, String name, Map<String, String> metadata)
            throws IOException;

    /** Replaces the headers that a reader gets with the content. */
    ObjectInfo setHeaders(String container, String name, Map<String, String> headers)
            throws IOException;

    /** Gives the content of an object another name too; where it can, without moving a byte. */
    ObjectInfo copy(ObjectInfo source, String container, String name, Put how) throws IOException;

    boolean delete(String container, String name) throws IOException;

    /** The containers that hold something, by name. */
    List<String> containers() throws IOException;

    /**
     * Objects whose names start with {@code prefix}, by name, after {@code after} (null: from the
     * start).
     */
    List<ObjectInfo> list(String container, String prefix, @Nullable String after, int limit)
            throws IOException;

    /**
     * Puts the objects below {@code prefix} as files into a new folder, under the rest of their
     * names; or, where there is nothing below it, the one object of that very name under its last
     * segment. Whole or not at all. Files share their bytes with the store where the file system
     * can, and are read-only.
     *
     * @param target must not exist; its parent must be on the store's file system for sharing
     * @return how many files; 0 means there was nothing, and nothing was made
     */
    int materialize(String container, String prefix, Path target) throws IOException;

    /** Frees what the store holds; a store that holds nothing has nothing to do. */
    @Override
    default void close() throws IOException {}
}
