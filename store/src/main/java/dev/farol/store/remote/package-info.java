/**
 * Contents in an object store elsewhere: S3 and what speaks its protocol, Azure Blob Storage. Both
 * through OpenDAL, whose classes and native library are loaded only when a store is opened here.
 */
@NullMarked
package dev.farol.store.remote;

import org.jspecify.annotations.NullMarked;
