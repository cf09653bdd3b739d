package import ChorusCore
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
        self.current = Mutex(try files.makeContext())
    }

    var context: NIOSSLContext { current.withLock { $0 } }

    /// Reads the files again at every SIGHUP until the task is cancelled.
    func run() async {
        for await _ in await UnixSignalsSequence(trapping: .sighup) { reload() }
    }

    /// Reads the files again.
    func reload() {
        do throws(ChorusError) {
            let context = try files.makeContext()
            current.withLock { $0 = context }
            logger.info("certificate read again", metadata: ["chorus.file": "\(files.certificateChain)"])
        } catch {
            logger.error("the certificate in use stays", metadata: ["chorus.error": "\(error)"])
        }
    }
}

extension BroadcastServer.TLSFiles {
    /// Throws ``ChorusError/Code/invalidCertificate`` when the files cannot be read, or do not belong together.
    package func check() throws(ChorusError) { _ = try makeContext() }

    fileprivate func makeContext() throws(ChorusError) -> NIOSSLContext {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificateChain)
            let key = try NIOSSLPrivateKey(file: privateKey, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(key)
            )
            configuration.minimumTLSVersion = .tlsv12
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw ChorusError(
                .invalidCertificate,
                "cannot use the certificate \(certificateChain) with the key \(privateKey)",
                cause: error
            )
        }
    }
}
