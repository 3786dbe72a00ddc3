import { In, IsNull, type SelectQueryBuilder } from 'typeorm';
import type { Condition } from '../access/index.js';
import type { Permit } from '../authority/index.js';
import { afterPrefix, keysetPages, permitted, type Rows } from '../database/index.js';
import { addressKey, mapPage, type Page, type PageRequest, searchKey } from '../domain/index.js';
import type { NewUser, User } from './User.js';
import { type UserRow, UserRows } from './UserRow.js';

/** What narrows a list of users. */
export interface UserListing {
  /** Nobody of another tenant is ever listed, whatever else is asked for. */
  readonly tenantId: string;
  readonly organizationIds: readonly string[];
  readonly search?: string | null | undefined;
  readonly visible: Condition;
}

const toUser = ({ id, organizationId, kind, name, email, active, createdAt, removedAt }: UserRow): User => ({
  id,
  organizationId,
  kind,
  name,
  email,
  active: active && removedAt === null,
  createdAt,
  removedAt,
});

/** Rows of users. */
export class UserStore {
  constructor(private readonly rows: Rows) {}

  /** Users by id, removed ones too: their name-tags outlive them. */
  async byIds(ids: readonly string[]): Promise<Map<string, User>> {
    const found = await this.rows.findBy(UserRows, { id: In([...ids]) });
    return new Map(found.map((row) => [row.id, toUser(row)]));
  }

  /** A user of that tenant who has not been removed. */
  async find(organizationId: string, id: string): Promise<User | null> {
    const row = await this.rows.findOneBy(UserRows, { id, organizationId, removedAt: IsNull() });
    return row && toUser(row);
  }

  /** The ids of a tenant's users who have not been removed. */
  async idsOf(organizationId: string): Promise<string[]> {
    const found = await this.rows.find(UserRows, { select: { id: true }, where: { organizationId, removedAt: IsNull() } });
    return found.map(({ id }) => id);
  }

  /** The page of each organization. */
  async listWithin(listing: UserListing, page: PageRequest): Promise<ReadonlyMap<string, Page<User>>> {
    const pages = await keysetPages(this.listed(listing), 'organizationId', listing.organizationIds, page);
    return new Map([...pages].map(([parent, found]) => [parent, mapPage(found, toUser)]));
  }

  /** Whether somebody else of the tenant has that address, in whatever case. */
  async isTaken(organizationId: string, email: string, exceptId?: string): Promise<boolean> {
    const row = await this.rows.findOne(UserRows, { select: { id: true }, where: { organizationId, emailKey: addressKey(email) } });
    return row !== null && row.id !== exceptId;
  }

  async insert(permit: Permit<'user.create'>, user: NewUser): Promise<User> {
    permitted(permit, this.rows, user.id);
    return this.add(user);
  }

  /** The person with whom a new organization begins. */
  async insertFirst(permit: Permit<'organization.create'>, user: NewUser): Promise<User> {
    permitted(permit, this.rows, user.organizationId);
    return this.add(user);
  }

  async describe(
    permit: Permit<'user.rename' | 'user.update'>,
    id: string,
    { name, email }: { readonly name?: string; readonly email?: string },
    now: Date,
  ): Promise<void> {
    permitted(permit, this.rows, id);
    const said = {
      ...(name !== undefined && { name, nameKey: searchKey(name) }),
      ...(email !== undefined && { email, emailKey: addressKey(email) }),
    };
    await this.rows.update(UserRows, { id, removedAt: IsNull() }, { ...said, updatedAt: now });
  }

  async setActive(permit: Permit<'user.activate' | 'user.deactivate'>, id: string, active: boolean, now: Date): Promise<void> {
    permitted(permit, this.rows, id);
    await this.rows.update(UserRows, { id, removedAt: IsNull() }, { active, updatedAt: now });
  }

  /** Gives a person a password that they must change when they next sign in. */
  async setTemporaryPassword(permit: Permit<'user.resetPassword'>, id: string, passwordDigest: string, now: Date): Promise<void> {
    permitted(permit, this.rows, id);
    await this.rows.update(
      UserRows,
      { id, kind: 'HUMAN', removedAt: IsNull() },
      { passwordDigest, mustChangePassword: true, updatedAt: now },
    );
  }

  /** Leaves of a user their name-tag. Their address is free again. False if they were removed already. */
  async remove(permit: Permit<'user.remove'>, id: string, now: Date): Promise<boolean> {
    permitted(permit, this.rows, id);
    const { affected } = await this.rows.update(UserRows, { id, removedAt: IsNull() }, removal(now));
    return affected === 1;
  }

  /** The same of everybody in an organization that is being deleted. */
  async removeAll(permit: Permit<'organization.delete'>, organizationId: string, now: Date): Promise<void> {
    permitted(permit, this.rows, organizationId);
    await this.rows.update(UserRows, { organizationId, removedAt: IsNull() }, removal(now));
  }

  private async add({ passwordDigest, mustChangePassword, ...user }: NewUser): Promise<User> {
    await this.rows.insert(UserRows, {
      ...user,
      nameKey: searchKey(user.name),
      emailKey: user.email === null ? null : addressKey(user.email),
      passwordDigest,
      mustChangePassword,
      active: true,
      updatedAt: user.createdAt,
      removedAt: null,
    });
    return { ...user, active: true, removedAt: null };
  }

  private listed({ tenantId, organizationIds, search, visible }: UserListing): SelectQueryBuilder<UserRow> {
    const query = this.rows
      .createQueryBuilder(UserRows, 'u')
      .where('u.organizationId = :tenantId AND u.organizationId IN (:...organizationIds) AND u.removedAt IS NULL', {
        tenantId,
        organizationIds: [...organizationIds],
      })
      .andWhere(visible.sql, visible.parameters);
    if (search) {
      const prefix = searchKey(search);
      query.andWhere('((u.nameKey >= :prefix AND u.nameKey < :beyond) OR (u.emailKey >= :prefix AND u.emailKey < :beyond))', {
        prefix,
        beyond: afterPrefix(prefix),
      });
    }
    return query;
  }
}

const removal = (now: Date) => ({
  email: null,
  emailKey: null,
  passwordDigest: null,
  mustChangePassword: false,
  active: false,
  updatedAt: now,
  removedAt: now,
});
