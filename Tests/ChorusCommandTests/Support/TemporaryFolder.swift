import ChorusTesting
import Foundation

/// A folder that disappears with the object.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/chorus-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw TestFailure("no temporary folder") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    /// Puts a file in place of the one that is there, at once.
    func replace(_ name: String, with contents: String) throws {
        try contents.write(toFile: file(name), atomically: true, encoding: .utf8)
    }

    /// Certificate and key as `server.pem` and `server.key`.
    func install(_ certificate: TestCertificate) throws {
        try replace("server.pem", with: try String(contentsOfFile: certificate.certificatePath, encoding: .utf8))
        try replace("server.key", with: try String(contentsOfFile: certificate.keyPath, encoding: .utf8))
    }
}
