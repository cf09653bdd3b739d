import ArgumentParser
import ChorusCore
import NIOCore
import NIOPosix
import NIOSSL

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation  // on Apple's systems, where it is a part of the system
#endif

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The exit codes of `chorus` (sysexits.h) and how errors reach them.
enum Exit {
    static let usage: Int32 = 64
    static let unavailable: Int32 = 69
    static let internalError: Int32 = 70
    static let inputOutput: Int32 = 74
    static let notPermitted: Int32 = 77
    static let configuration: Int32 = 78

    /// Runs `body`; an error becomes one line on standard error and an exit code.
    static func withCode(_ body: () async throws -> Void) async {
        do {
            try await body()
        } catch let error as ChorusError {
            end(error.exit, error.sentence)
        } catch {
            end(internalError, "\(error)")
        }
    }

    private static func end(_ code: Int32, _ message: String) -> Never {
        let line = Array("chorus: \(message)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
        exit(code)
    }
}

extension ChorusError {
    /// What failed, and what led to it.
    var sentence: String { message + (cause.map { ": \($0.plain)" } ?? "") }
}

extension Error {
    /// What the system says of it, where it is the system that says something.
    var plain: String {
        switch self {
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case let error as POSIXError: String(cString: strerror(error.code.rawValue))
        case let error as CocoaError:
            (error.userInfo["NSUnderlyingError"] as? POSIXError)?.plain ?? "\(error)"
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { $0.error.plain } ?? error.dnsAError.map { $0.plain } ?? "\(self)"
        case let error as NIOSSLError where "\(error)".contains("CERTIFICATE_VERIFY_FAILED"):
            "its certificate is not one that this machine trusts; --insecure takes any"
        default: "\(self)"
        }
    }
}

extension ChorusError {
    fileprivate var exit: Int32 {
        switch code {
        case .cannotListen:
            [EACCES, EPERM].contains((cause as? IOError)?.errnoCode) ? Exit.notPermitted : Exit.unavailable
        case .invalidConfiguration, .invalidCertificate, .invalidTopic: Exit.configuration
        default: Exit.internalError
        }
    }
}
