import ChorusCore
import Testing

@Suite("Sessions of a shard")
struct SessionListTests {
    @Test("who leaves is found no more, whoever else has come and gone", arguments: 0..<20)
    func random(_ seed: Int) async {
        var random = SplitMix(seed: UInt64(seed))
        let test = TestHub()
        var open: [FakeTransport] = []
        var gone: [SessionID] = []
        for _ in 0..<random.int(1...600) {
            if open.isEmpty || random.chance(60) {
                open.append(test.client("a"))
            } else {
                let client = open.remove(at: random.int(0...open.count - 1))
                gone.append(client.session!.id)
                test.close(client)
            }
        }
        #expect(test.on { $0.openSessions.map(\.id) } == open.map { $0.session!.id })
        #expect(test.on { shard in open.allSatisfy { shard.session($0.session!.id) === $0.session } })
        #expect(test.on { shard in gone.allSatisfy { shard.session($0) == nil } })
    }
}
