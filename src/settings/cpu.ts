/** An amount of processor time, as Kubernetes counts it. */
export class Cpu {
  /** Thousandths of a core. */
  public static millis(millis: number): Cpu {
    return new Cpu(millis);
  }

  /** Whole or partial cores. */
  public static cores(cores: number): Cpu {
    return new Cpu(Math.round(cores * 1000));
  }

  private constructor(private readonly amount: number) {}

  /** The amount in thousandths of a core. */
  public toMillis(): number {
    return this.amount;
  }

  /** As a Kubernetes quantity: `250m`, `2`. */
  public toString(): string {
    return this.amount % 1000 === 0 ? `${this.amount / 1000}` : `${this.amount}m`;
  }
}
