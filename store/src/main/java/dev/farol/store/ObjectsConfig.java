package dev.farol.store;

import dev.farol.kit.ByteSize;
import dev.farol.kit.config.Secret;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where the bytes of objects are kept.
 *
 * @param objects the kind of store; the other settings of a kind count only when it is chosen
 * @param copies how many bytes of contents of a remote store are kept on this machine too, about
 */
public record ObjectsConfig(Kind objects, ByteSize copies, S3 s3, AzureBlob azureBlob) {
    public static final ObjectsConfig DEFAULTS =
            new ObjectsConfig(
                    Kind.FOLDER,
                    new ByteSize(20L << 30),
                    new S3(null, null, "us-east-1", "", null, null, null, false),
                    new AzureBlob(null, null, "", null, null, null));

    /** The kinds of stores. */
    public enum Kind {
        FOLDER,
        S3,
        AZURE_BLOB
    }

    /**
     * A bucket of S3, or of what speaks its protocol.
     *
     * @param endpoint null means Amazon's, in the region
     * @param prefix of all names in the bucket
     * @param accessKeyId null, with the secret, means what the environment gives: variables,
     *     profile, web identity, the machine's role
     * @param virtualHost whether the bucket is part of the host's name instead of the path
     */
    public record S3(
            @Nullable URI endpoint,
            @Nullable String bucket,
            String region,
            String prefix,
            @Nullable String accessKeyId,
            @Nullable Secret secretAccessKey,
            @Nullable Secret sessionToken,
            boolean virtualHost) {}

    /**
     * A container of Azure Blob Storage, or of what speaks its protocol.
     *
     * @param endpoint of the account, such as {@code https://NAME.blob.core.windows.net}
     * @param prefix of all names in the container
     * @param account its name; null when the key is not used
     * @param accountKey null, as the signature, means what the environment gives: workload
     *     identity, the machine's identity
     */
    public record AzureBlob(
            @Nullable URI endpoint,
            @Nullable String container,
            String prefix,
            @Nullable String account,
            @Nullable Secret accountKey,
            @Nullable Secret sasToken) {}

    /** A constructor of a record cannot tell which of its parts will count; this can. */
    public ObjectsConfig {
        switch (objects) {
            case FOLDER -> {}
            case S3 -> {
                require("s3.bucket", s3.bucket());
                if ((s3.accessKeyId() == null) != (s3.secretAccessKey() == null)) {
                    throw new IllegalArgumentException(
                            "s3.access-key-id and s3.secret-access-key: set both, or neither for"
                                    + " what the environment gives");
                }
            }
            case AZURE_BLOB -> {
                require("azure-blob.container", azureBlob.container());
                require("azure-blob.endpoint", azureBlob.endpoint());
                if ((azureBlob.account() == null) != (azureBlob.accountKey() == null)) {
                    throw new IllegalArgumentException(
                            "azure-blob.account and azure-blob.account-key: set both, or neither");
                }
                if (azureBlob.accountKey() != null && azureBlob.sasToken() != null) {
                    throw new IllegalArgumentException(
                            "azure-blob.account-key and azure-blob.sas-token: set one of them");
                }
            }
        }
    }

    private static void require(String key, @Nullable Object value) {
        if (value == null || value.toString().isBlank()) {
            throw new IllegalArgumentException(key + " is not set");
        }
    }
}
