import ChorusCore
import Logging
import NIOSSL
import Synchronization
import UnixSignals

/// The TLS context of new connections, read again from its files on SIGHUP. A pair that cannot be used is reported, and
/// the one before stays in use.
final class CertificateReloader: Sendable {
    private let files: BroadcastServer.TLSFiles
    private let logger: Logger
    private let current: Mutex<NIOSSLContext>

    init(_ files: BroadcastServer.TLSFiles, logger: Logger) throws(ChorusError) {
        self.files = files
        self.logger = logger
        self.current = Mutex(try CertificateReloader.read(files))
    }

    var context: NIOSSLContext { current.withLock { $0 } }

    /// Reads the files again at every SIGHUP until the task is cancelled.
    func run() async {
        for await _ in await UnixSignalsSequence(trapping: .sighup) { reload() }
    }

    /// Reads the files again.
    func reload() {
        do throws(ChorusError) {
            let context = try CertificateReloader.read(files)
            current.withLock { $0 = context }
            logger.info("certificate read again", metadata: ["chorus.file": "\(files.certificateChain)"])
        } catch {
            logger.error("the certificate in use stays", metadata: ["chorus.error": "\(error)"])
        }
    }

    private static func read(_ files: BroadcastServer.TLSFiles) throws(ChorusError) -> NIOSSLContext {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(files.certificateChain)
            let key = try NIOSSLPrivateKey(file: files.privateKey, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(key)
            )
            configuration.minimumTLSVersion = .tlsv12
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw ChorusError(
                .invalidCertificate,
                "cannot use the certificate \(files.certificateChain) with the key \(files.privateKey)",
                cause: error
            )
        }
    }
}
