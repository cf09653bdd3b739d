import ChorusCore
import ChorusTesting
import Testing

@Suite("The presence in memory")
struct MemoryPresenceTests {
    @Test("does what every presence has to", arguments: PresenceConformance.checks)
    func conforms(_ check: PresenceConformance.Check) async throws {
        try await check.run { MemoryPresence() }
    }
}
