import ChorusTesting
import Foundation
import Testing

@Suite("chorus publish and subscribe over TLS")
struct SecureClientTests {
    @Test("a certificate that is not trusted is 69, unless --insecure accepts it")
    func certificate() async throws {
        let certificate = try await TestCertificate.make()
        let server = try serve("--certificate", certificate.certificatePath, "--key", certificate.keyPath)
        let url = "https://localhost:\(try await server.port())"
        for arguments in [["publish", "news", "hi"], ["subscribe", "news"]] {
            let ending = try await ChorusProcess(arguments + ["--url", url]).end()
            #expect(ending.code == 69)
            #expect(ending.errors.hasPrefix("chorus: "))
            #expect(ending.errors.filter { $0 == "\n" }.count == 1, "\(ending.errors)")
            #expect(ending.errors.contains("certificate is not one that this machine trusts"), "\(ending.errors)")
        }
        let published = try await runChorus("publish", "news", "hi", "--url", url, "--insecure")
        #expect(published.code == 0, "\(published.errors)")
        let arguments = ["subscribe", "news", "--last", "1", "--count", "1", "--url", url, "--insecure"]
        let subscribed = try await ChorusProcess(arguments).end()
        #expect(subscribed.code == 0, "\(subscribed.errors)")
        #expect(subscribed.output == "hi\n")
    }
}
