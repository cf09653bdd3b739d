import NIOPosix

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A certificate and the authority that signed it, in a temporary folder that disappears with the object.
///
/// For tests only: the command `openssl` makes it, the keys are not protected, and it is valid for two days.
public final class TestCertificate: Sendable {
    private let folder: String

    /// PEM: what a client has to trust.
    public var authorityPath: String { folder + "/ca.pem" }
    /// PEM: what a server shows.
    public var certificatePath: String { folder + "/server.pem" }
    /// PEM: what belongs to ``certificatePath``.
    public var keyPath: String { folder + "/server.key" }

    /// Makes the files, which takes about a tenth of a second. Throws what `openssl` complains about.
    ///
    /// `names` is whom the certificate is for, as in its extension `subjectAltName`.
    public static func make(
        for names: [String] = ["DNS:localhost", "IP:127.0.0.1", "IP:::1"]
    ) async throws -> TestCertificate {
        // A task must not wait for a process.
        try await NIOThreadPool.singleton.runIfActive { try TestCertificate(names) }
    }

    private init(_ names: [String]) throws {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/chorus-certificate-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw TestFailure("there is no temporary folder in \(parent)") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try Self.run(Self.script(names), in: folder)
    }

    deinit {
        try? Self.run("rm -f ca.pem ca.key ca.srl ca.cnf server.pem server.key server.csr server.cnf", in: folder)
        rmdir(folder)
    }

    /// With files instead of options such as `-addext`, so that LibreSSL understands it too.
    private static func script(_ names: [String]) -> String {
        """
        set -e
        cat > ca.cnf <<END
        [req]
        distinguished_name = name
        x509_extensions = extensions
        prompt = no
        [name]
        CN = Chorus test authority
        [extensions]
        basicConstraints = critical, CA:TRUE
        keyUsage = critical, keyCertSign, cRLSign
        subjectKeyIdentifier = hash
        END
        cat > server.cnf <<END
        basicConstraints = CA:FALSE
        keyUsage = critical, digitalSignature
        extendedKeyUsage = serverAuth
        subjectAltName = \(names.joined(separator: ", "))
        END
        openssl ecparam -name prime256v1 -genkey -noout -out ca.key
        openssl req -x509 -new -key ca.key -config ca.cnf -days 2 -out ca.pem
        openssl ecparam -name prime256v1 -genkey -noout -out server.key
        openssl req -new -key server.key -subj /CN=localhost -config ca.cnf -out server.csr
        openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
            -extfile server.cnf -out server.pem
        """
    }

    private static func run(_ script: String, in folder: String) throws {
        guard let pipe = popen("exec 2>&1; cd '\(folder)' && { \(script)\n}", "r") else {
            throw TestFailure("there is no shell")
        }
        var output: [UInt8] = []
        while case let byte = getc(pipe), byte != EOF { output.append(UInt8(truncatingIfNeeded: byte)) }
        guard pclose(pipe) == 0 else {
            throw TestFailure("openssl failed: \(String(decoding: output, as: UTF8.self))")
        }
    }
}
