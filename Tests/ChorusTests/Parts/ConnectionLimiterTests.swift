import Chorus
import Testing

@Suite("Connection limiter")
struct ConnectionLimiterTests {
    @Test("without limits everybody is welcome")
    func none() {
        let limiter = ConnectionLimiter(.init())
        for _ in 0..<2000 { #expect(limiter.opened()) }
        #expect(!limiter.isFull)
        #expect(!limiter.countsAddresses)
        #expect(limiter.count == 2000)
    }

    @Test("one more than the limit is too many, and there is room again when one has gone")
    func total() {
        let limiter = ConnectionLimiter(.init(connections: 3))
        for _ in 0..<3 { #expect(limiter.opened() && !limiter.isFull) }
        #expect(limiter.opened() && limiter.isFull)
        limiter.closed()
        #expect(!limiter.isFull)
    }

    @Test("far beyond the limit a connection is not even told")
    func silence() {
        let limiter = ConnectionLimiter(.init(connections: 1))
        let welcome = (0..<400).filter { _ in limiter.opened() }.count
        #expect(welcome == 1 + 256)
        for _ in 0..<400 { limiter.closed() }
        #expect(limiter.count == 0)
        #expect(limiter.opened())
    }

    @Test("the largest limit is none")
    func largest() {
        let limiter = ConnectionLimiter(.init(connections: .max, connectionsPerAddress: .max))
        #expect(limiter.opened() && !limiter.isFull && limiter.admit("1.1.1.1"))
    }

    @Test("every address has its own count")
    func addresses() {
        let limiter = ConnectionLimiter(.init(connectionsPerAddress: 2))
        #expect(limiter.countsAddresses)
        #expect(limiter.admit("1.1.1.1") && limiter.admit("1.1.1.1"))
        #expect(!limiter.admit("1.1.1.1"))
        #expect(limiter.admit("2.2.2.2"))
        limiter.release("1.1.1.1")
        #expect(limiter.admit("1.1.1.1"))
        #expect(!limiter.admit("1.1.1.1"))
    }

    @Test("an address that is refused is not counted, and one that nobody counted can be released")
    func refusedAddress() {
        let limiter = ConnectionLimiter(.init(connectionsPerAddress: 1))
        #expect(limiter.admit("1.1.1.1"))
        for _ in 0..<5 { #expect(!limiter.admit("1.1.1.1")) }
        limiter.release("1.1.1.1")
        limiter.release("1.1.1.1")
        limiter.release("3.3.3.3")
        #expect(limiter.admit("1.1.1.1"))
        #expect(!limiter.admit("1.1.1.1"))
    }

    @Test("other limits hold for those who come then")
    func replaced() {
        let limiter = ConnectionLimiter(.init(connections: 1))
        #expect(limiter.opened() && limiter.opened() && limiter.isFull)
        limiter.set(.init(connections: 5, connectionsPerAddress: 1))
        #expect(!limiter.isFull && limiter.countsAddresses)
        #expect(limiter.admit("1.1.1.1") && !limiter.admit("1.1.1.1"))
        limiter.set(.init())
        #expect(!limiter.isFull && !limiter.countsAddresses)
        #expect(limiter.count == 2)
    }
}
