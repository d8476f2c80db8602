/**
 * The blob plane: as much of Azure's blob protocol as upload and download tools use, over the
 * object store. Bytes pass through; nothing is held in memory. Knows nothing of resources.
 */
@NullMarked
package dev.farol.control.blob;

import org.jspecify.annotations.NullMarked;
