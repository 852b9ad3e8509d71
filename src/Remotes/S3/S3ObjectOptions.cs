using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;

namespace DataVersion.Remotes.S3;

/// <summary>What a remote says of every object that is stored: encryption and who may use it; and what is needed to read it again.</summary>
internal sealed class S3ObjectOptions
{
    private readonly S3Settings settings;
    private readonly ServerSideEncryptionMethod? encryption;
    private readonly ServerSideEncryptionCustomerMethod? customerMethod;
    private readonly string? customerKey;
    private readonly string? customerKeyMd5;

    /// <exception cref="DataVersionException">RemoteFailed: the customer key is not Base64.</exception>
    public S3ObjectOptions(S3Settings settings)
    {
        this.settings = settings;
        encryption = settings.Option("sse") is { } sse ? new ServerSideEncryptionMethod(sse)
            : settings.Option("sse_kms_key_id") is not null ? ServerSideEncryptionMethod.AWSKMS : null;
        customerKey = settings.Option("sse_customer_key");
        if (customerKey is null)
            return;
        customerMethod = new ServerSideEncryptionCustomerMethod(settings.Option("sse_customer_algorithm") ?? "AES256");
        try
        {
            customerKeyMd5 = Convert.ToBase64String(MD5.HashData(Convert.FromBase64String(customerKey)));
        }
        catch (FormatException)
        {
            throw new DataVersionException(DataErrorKind.RemoteFailed, $"The option sse_customer_key of the remote '{settings.Remote.Name}' is not Base64.", settings.Remote.Name,
                "Give the key as Base64: 32 bytes for AES256.");
        }
    }

    /// <summary>True when the ETag of an object in one part is the MD5 of its bytes, as far as these options decide it.</summary>
    public bool IsEtagMd5 => customerKey is null && (encryption is null || encryption == ServerSideEncryptionMethod.AES256);

    public PutObjectRequest Apply(PutObjectRequest request)
    {
        (request.ServerSideEncryptionMethod, request.ServerSideEncryptionKeyManagementServiceKeyId) = (encryption, settings.Option("sse_kms_key_id"));
        (request.ServerSideEncryptionCustomerMethod, request.ServerSideEncryptionCustomerProvidedKey, request.ServerSideEncryptionCustomerProvidedKeyMD5) = (customerMethod, customerKey, customerKeyMd5);
        if (settings.Option("acl") is { } acl)
            request.CannedACL = new S3CannedACL(acl);
        foreach (var (header, value) in settings.Grants)
            request.Headers[header] = value;
        return request;
    }

    public InitiateMultipartUploadRequest Apply(InitiateMultipartUploadRequest request)
    {
        (request.ServerSideEncryptionMethod, request.ServerSideEncryptionKeyManagementServiceKeyId) = (encryption, settings.Option("sse_kms_key_id"));
        (request.ServerSideEncryptionCustomerMethod, request.ServerSideEncryptionCustomerProvidedKey, request.ServerSideEncryptionCustomerProvidedKeyMD5) = (customerMethod, customerKey, customerKeyMd5);
        if (settings.Option("acl") is { } acl)
            request.CannedACL = new S3CannedACL(acl);
        foreach (var (header, value) in settings.Grants)
            request.Headers[header] = value;
        return request;
    }

    public UploadPartRequest Apply(UploadPartRequest request)
    {
        (request.ServerSideEncryptionCustomerMethod, request.ServerSideEncryptionCustomerProvidedKey, request.ServerSideEncryptionCustomerProvidedKeyMD5) = (customerMethod, customerKey, customerKeyMd5);
        return request;
    }

    public GetObjectRequest Apply(GetObjectRequest request)
    {
        (request.ServerSideEncryptionCustomerMethod, request.ServerSideEncryptionCustomerProvidedKey, request.ServerSideEncryptionCustomerProvidedKeyMD5) = (customerMethod, customerKey, customerKeyMd5);
        return request;
    }

    public GetObjectMetadataRequest Apply(GetObjectMetadataRequest request)
    {
        (request.ServerSideEncryptionCustomerMethod, request.ServerSideEncryptionCustomerProvidedKey, request.ServerSideEncryptionCustomerProvidedKeyMD5) = (customerMethod, customerKey, customerKeyMd5);
        return request;
    }
}
