/**
 * Documents as plain collections: reading and writing JSON, the output formats of {@code az}, and
 * JMESPath. Knows nothing of endpoints. Jackson's streaming parser alone, without databind, because
 * the start of the command line is part of what a person waits for.
 */
@NullMarked
package dev.farol.cli.doc;

import org.jspecify.annotations.NullMarked;
